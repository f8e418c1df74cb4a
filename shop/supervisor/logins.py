"""The four people of the demo."""

DEMO_LOGINS = {
    "shopper@demo.jishi": "a shopper",
    "merchant@demo.jishi": "a merchant",
    "secondmerchant@demo.jishi": "another merchant",
    "operator@demo.jishi": "the operator",
}
