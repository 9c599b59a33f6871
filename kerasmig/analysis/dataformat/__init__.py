"""Which data format did the author mean, and what says so?"""
