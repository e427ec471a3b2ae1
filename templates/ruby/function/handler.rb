class Handler
  def run(req)
    "Hello, Ruby. You said: #{req}"
  end
end
