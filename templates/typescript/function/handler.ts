export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const body = await request.text();
    return Response.json({ method: request.method, path: pathname, body });
  },
};
