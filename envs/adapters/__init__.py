"""Batched environments in the shape that Gymnasium knows: thin, numpy in and out."""
