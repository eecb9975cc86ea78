"""What every feature stands on: settings, database, money, time and the change backbone."""
