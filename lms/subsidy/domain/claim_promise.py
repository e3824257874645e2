"""The promise that goes with a claim: its version, raised when its page changes in substance."""

CLAIM_PROMISE = "claim-1"
