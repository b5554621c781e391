"""Fivetran's endpoints by topic. ``shared.fivetran.api.Fivetran`` has those that triggers and batches need."""
