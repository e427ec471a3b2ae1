class Handler
  def run(body, headers)
    status_code = 200
    response_headers = { 'content-type' => 'text/plain' }
    body = "Hello, Ruby. You said: #{body}"

    return body, response_headers, status_code
  end
end
