"""What the blocking and the asyncio client share, written once, as coroutines over the few things that differ (ports.py). Under
the blocking client they never suspend, and blocking_io.run runs them to their end."""
