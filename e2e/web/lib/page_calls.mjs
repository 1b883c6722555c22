// Calls from inside a page, with its cookies: what somebody does who opens the developer's console.

/** The answer to `call` ("POST /api/…"), sent by the page itself with all that its own calls carry. */
export function ask(person, call, body) {
  const [method, path] = call.split(' ');
  const refused = new RegExp(`status of [45]\\d\\d .*${path.replaceAll(/[?.]/g, '\\$&')}`);
  return person.during([refused], () => person.page.evaluate(
    async ({ method, path, body }) => {
      const { csrf } = await (await fetch('/api/me')).json();
      const answer = await fetch(path, {
        method,
        headers: {
          'x-csrf': csrf ?? '',
          'idempotency-key': crypto.randomUUID(),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await answer.text();
      const is_json = answer.headers.get('content-type')?.includes('json');
      return { status: answer.status, body: is_json ? JSON.parse(text) : text };
    },
    { method, path, body },
  ));
}
