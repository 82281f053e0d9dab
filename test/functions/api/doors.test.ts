import { describe, expect, test } from 'vitest';
import { apiBench, KEY, upload } from '../../helpers/api.ts';
import { faq } from '../../helpers/control-plane.ts';

const b = await apiBench();

describe('the door', () => {
  test('health needs no key', async () => {
    const response = await b.app.request('/healthz');
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }]);
  });

  test.each([
    ['none', {}],
    ['a wrong one', { authorization: `Bearer ${KEY}x` }],
    ['a prefix', { authorization: `Bearer ${KEY.slice(0, -1)}` }],
    ['another scheme', { authorization: `Basic ${KEY}` }],
    ['nothing behind the scheme', { authorization: 'Bearer ' }],
  ])('a key that is %s opens nothing', async (_, headers: Record<string, string>) => {
    for (const path of ['/v1/files', '/v1/fine_tuning/jobs', '/v1/models', '/v1/x/webhooks']) {
      const response = await b.app.request(path, { headers });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({
        error: { type: 'invalid_request_error', code: 'invalid_api_key', param: null },
      });
    }
  });

  test('every answer carries a request id of its own', async () => {
    const ids = [await b.ask('/v1/files'), await b.ask('/v1/nowhere')].map((a) =>
      a.headers.get('x-request-id'),
    );
    expect(ids[0]).toMatch(/^req_[0-9a-f]{32}$/);
    expect(ids[1]).toMatch(/^req_[0-9a-f]{32}$/);
    expect(ids[0]).not.toBe(ids[1]);
  });

  test('an unknown URL is said with its method', async () => {
    const { status, body } = await b.ask('/v1/nowhere', { method: 'POST' });
    expect([status, body.error.message]).toEqual([404, 'Unknown request URL: POST /v1/nowhere']);
  });

  test('a database that went away is worth another try', async () => {
    const broken = await apiBench();
    Object.assign(broken.deps.storage, {
      list: () => {
        const cause = Object.assign(new Error('terminating connection'), { code: '57P01' });
        throw new Error('Failed query: select', { cause });
      },
    });
    const { status, body, headers } = await broken.ask('/v1/models');
    expect([status, body.error.code, headers.get('x-should-retry')]).toEqual([
      503,
      'database_failed',
      'true',
    ]);
    expect(body.error.message).toBe('The database does not answer: try again');
  });

  test('an unforeseen error says nothing of itself, and is logged', async () => {
    const broken = await apiBench();
    const { storage } = broken.deps;
    Object.assign(storage, {
      list: () => {
        throw new Error('secret of the house');
      },
    });
    const { status, body, headers } = await broken.ask('/v1/models');
    expect([status, body.error]).toEqual([
      500,
      { message: 'Internal error', type: 'server_error', param: null, code: 'internal' },
    ]);
    expect(headers.get('x-should-retry')).toBe('false');
    expect(broken.logged.join('\n')).toMatch(/^error: Internal error$/m);
  });
});

describe('files', () => {
  test('what is uploaded comes back byte by byte, in OpenAI’s shape', async () => {
    b.clock.ms = 1_721_764_800_999;
    const text = faq();
    const { status, body } = await upload(b, text);
    expect(status).toBe(200);
    expect(body).toEqual({
      id: expect.stringMatching(/^file-[0-9a-z]{20}$/),
      object: 'file',
      bytes: Buffer.byteLength(text),
      created_at: 1_721_764_800,
      filename: 'faq.jsonl',
      purpose: 'fine-tune',
      status: 'processed',
      status_details: null,
      expires_at: null,
    });
    expect((await b.ask(`/v1/files/${body.id}`)).body).toEqual(body);
    const content = await b.ask(`/v1/files/${body.id}/content`);
    expect([content.body, content.headers.get('content-type')]).toEqual([text, 'application/octet-stream']);
  });

  test('pages go from the newest to the oldest, and by purpose', async () => {
    const own = await apiBench();
    const ids: string[] = [];
    for (const purpose of ['fine-tune', 'evals', 'fine-tune']) {
      own.clock.ms += 1000;
      ids.push((await upload(own, 'x', purpose)).body.id);
    }
    const first = (await own.ask('/v1/files?limit=2')).body;
    expect([first.object, first.data.map((f: { id: string }) => f.id), first.has_more]).toEqual([
      'list',
      [ids[2], ids[1]],
      true,
    ]);
    const second = (await own.ask(`/v1/files?limit=2&after=${first.last_id}`)).body;
    expect([second.data.map((f: { id: string }) => f.id), second.has_more]).toEqual([[ids[0]], false]);
    const asc = (await own.ask('/v1/files?order=asc&purpose=fine-tune')).body;
    expect(asc.data.map((f: { id: string }) => f.id)).toEqual([ids[0], ids[2]]);
  });

  test('a deleted file is gone, its bytes too', async () => {
    const { id } = (await upload(b, 'abc')).body;
    expect((await b.ask(`/v1/files/${id}`, { method: 'DELETE' })).body).toEqual({
      id,
      object: 'file',
      deleted: true,
    });
    expect((await b.ask(`/v1/files/${id}`)).status).toBe(404);
    expect(await b.deps.storage.head(`files/${id}`)).toBeNull();
    expect((await b.ask(`/v1/files/${id}`, { method: 'DELETE' })).status).toBe(404);
  });

  test.each([
    ['no file', { purpose: 'fine-tune' }, 'file'],
    ['text where the file belongs', { purpose: 'fine-tune', file: 'text' }, 'file'],
    ['no purpose', { file: new File(['x'], 'x') }, 'purpose'],
    ['a strange purpose', { file: new File(['x'], 'x'), purpose: 'fun' }, 'purpose'],
    [
      'a promise we do not keep',
      { file: new File(['x'], 'x'), purpose: 'evals', 'expires_after[seconds]': '9' },
      'expires_after[seconds]',
    ],
  ])('refuses %s and names the field', async (_, fields: Record<string, string | File>, param) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    const { status, body } = await b.ask('/v1/files', { method: 'POST', body: form });
    expect([status, body.error.param]).toEqual([400, param]);
  });

  test('a body that is no form is refused', async () => {
    const { status, body } = await b.ask('/v1/files', { method: 'POST', body: '{}' });
    expect([status, body.error.code]).toEqual([400, 'invalid_request']);
  });

  test('more than 512 MB is refused by its announcement, before a byte is read', async () => {
    const { status, body } = await b.ask('/v1/files', {
      method: 'POST',
      body: 'x',
      headers: {
        'content-length': String(600 * 1024 * 1024),
        'content-type': 'multipart/form-data; boundary=b',
      },
    });
    expect([status, body.error.code, body.error.param]).toEqual([413, 'too_large', 'file']);
  });
});
