/** An HTTP trigger of Function Compute 3 on an event function: the request is the event, the answer an object.
 *  https://www.alibabacloud.com/help/en/functioncompute/fc/user-guide/http-trigger-invoking-function */
import type { Hono } from 'hono';

export type FcHttpEvent = {
  readonly rawPath: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly queryParameters?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  readonly requestContext: { readonly domainName: string; readonly http: { readonly method: string } };
};

const requestOf = ({ rawPath, headers, requestContext, ...rest }: FcHttpEvent): Request => {
  const { domainName, http } = requestContext;
  const url = new URL(`https://${domainName}${rawPath}`);
  for (const [name, value] of Object.entries(rest.queryParameters ?? {})) url.searchParams.set(name, value);
  const hasBody = rest.body !== undefined && !['GET', 'HEAD'].includes(http.method);
  const body = hasBody ? Buffer.from(rest.body ?? '', rest.isBase64Encoded ? 'base64' : 'utf8') : null;
  return new Request(url, { method: http.method, headers, body });
};

export const answer = async (app: Hono, event: FcHttpEvent) => {
  const response = await app.fetch(requestOf(event));
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    isBase64Encoded: true,
    body: Buffer.from(await response.arrayBuffer()).toString('base64'),
  };
};
