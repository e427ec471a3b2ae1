package com.openfaas.function;

import com.openfaas.model.AbstractHandler;
import com.openfaas.model.IRequest;
import com.openfaas.model.IResponse;
import com.openfaas.model.Response;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;

public class Handler extends AbstractHandler {
    // Made once: it keeps its connections from call to call.
    private final HttpClient client = HttpClient.newHttpClient();

    @Override
    public IResponse Handle(IRequest request) {
        Response response = new Response();
        String said = request.getBody() + " java";
        String next = System.getenv("next");
        if (next == null || next.isEmpty()) {
            response.setBody(said);
            return response;
        }
        try {
            HttpRequest call = HttpRequest.newBuilder(URI.create(next))
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString(said))
                .build();
            var answer = client.send(call, BodyHandlers.ofString());
            response.setStatusCode(answer.statusCode());
            response.setBody(answer.body());
        } catch (Exception error) {
            response.setStatusCode(502);
            response.setBody(error.toString());
        }
        return response;
    }
}
