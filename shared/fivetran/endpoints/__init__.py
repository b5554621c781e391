"""The endpoints by topic; ``shared.fivetran.api.Fivetran`` has them all."""
