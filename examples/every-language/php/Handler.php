<?php

class Handler
{
    public function handle(string $data): string
    {
        $said = "$data php";
        $next = getenv('next');
        if (!$next) {
            return $said;
        }
        $answer = file_get_contents($next, false, stream_context_create(['http' => [
            'method' => 'POST',
            'header' => 'Content-Type: text/plain',
            'content' => $said,
        ]]));
        if ($answer === false) {
            throw new RuntimeException("$next did not answer");
        }
        return $answer;
    }
}
