"""The site of all localities."""
