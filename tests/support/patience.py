"""Time limits of tests."""

# Ends what hangs, and nothing else: on two cores beside ten other programs, what takes 20 s by
# itself takes minutes.
PATIENCE_SECONDS = 900
