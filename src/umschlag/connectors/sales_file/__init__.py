"""Order lines in a file: CSV, Excel or Parquet."""
