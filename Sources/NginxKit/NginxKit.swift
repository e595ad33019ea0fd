import CNginx
