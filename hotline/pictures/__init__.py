"""Pictures of a report: taken in safely, kept, shown to those who may see them."""
