"""Distributions a scenario may use: families, moments, encoding for the kernels, copula."""
