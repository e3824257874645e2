"""Which training subsidy a learner may claim: policies as data, dated facts, decisions."""
