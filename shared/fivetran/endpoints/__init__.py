"""The endpoints by topic; ``shared.fivetran.api.Fivetran`` has those that a trigger and a batch need."""
