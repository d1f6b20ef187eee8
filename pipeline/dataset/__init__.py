"""The data set of the country (bộ dữ liệu chung): the rows of all published reports, as Parquet and as CSV."""
