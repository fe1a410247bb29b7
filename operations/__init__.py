"""What the product does, step by step, with effects and without an orchestrator."""
