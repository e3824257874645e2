"""The promise that goes with a claim: its version, raised when its page changes in substance."""

OF_CLAIMS = "claim-"
CLAIM_PROMISE = f"{OF_CLAIMS}1"
