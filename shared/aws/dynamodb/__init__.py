"""The stores on DynamoDB: PynamoDB for single items and transactions, typed decoders for whatever comes in bulk."""
