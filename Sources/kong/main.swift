print("kong")
