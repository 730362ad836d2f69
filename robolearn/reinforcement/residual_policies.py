"""Between training and policies: loading the frozen base, making the networks, saving the result."""
