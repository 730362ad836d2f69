"""Furniture assembly with a Panda on a table top, after FurnitureBench."""
