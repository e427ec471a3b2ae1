require 'net/http'

class Handler
  def run(body, headers)
    said = "#{body} ruby"
    following = ENV.fetch('next', '')
    return said if following.empty?

    answer = Net::HTTP.post(URI(following), said, 'Content-Type' => 'text/plain')
    return answer.body, { 'content-type' => 'text/plain' }, answer.code.to_i
  end
end
