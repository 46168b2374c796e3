"""The workbooks that the vendor fills in. They are Chinese, whatever language the API speaks."""
