print("rigshift")
