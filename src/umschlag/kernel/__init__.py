"""The words both halves share: identifiers, measures, money, periods and errors."""
