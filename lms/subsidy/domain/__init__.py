"""The eligibility rules: policies, facts and clauses as values, judged with three answers."""
