"""Names of the database's roles, for everybody who makes, uses or grants to them."""

# What web server, worker and beat sign in as: may use the tables and owns none.
APP_ROLE = "jishi_app"
# What a connection becomes while it reads for one merchant, and the setting that says for which.
TENANT_ROLE = "jishi_tenant"
MERCHANT_SETTING = "jishi.merchant"
