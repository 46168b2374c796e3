"""The service over the API: the office takes figures in, the vendor reads them and may object."""
