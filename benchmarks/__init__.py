"""Speed, memory and quality, measured: what a user would want to know before trusting Trialhouse with a register.

Speed is judged as ratios within one run, beside what a user would pick instead; never as seconds, which are the
machine's. Nothing here is part of the test suite.
"""
