"""Pictures of running simulations. Nothing here is needed to train or evaluate."""
