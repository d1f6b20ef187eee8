"""The plan registry (sổ kế hoạch): targets, deadlines, periods, models, amendments, the method."""
