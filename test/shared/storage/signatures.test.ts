/** What judges the drivers' signatures is held to the vendors' own examples first. */
import { describe, expect, test } from 'vitest';
import { type Signed, verifyOss, verifyS3 } from '../../helpers/bucket/signatures.ts';

const request = (method: string, path: string, rest: Partial<Signed>): Signed => {
  const url = new URL(path, 'http://localhost');
  return { method, url, headers: {}, body: new Uint8Array(), bucket: '', key: '', ...rest };
};

/** The same with one thing changed is refused. */
const expectOnly = (
  verify: typeof verifyS3,
  signed: Signed,
  { id, secret, now }: { id: string; secret: string; now: string },
) => {
  const keys = new Map([[id, { secret }]]);
  const at = Date.parse(now);
  expect(verify(signed, keys, at)).toBeNull();
  expect(verify({ ...signed, method: 'POST' }, keys, at)).toEqual([403, 'SignatureDoesNotMatch']);
  expect(verify(signed, new Map([[id, { secret: `${secret}.` }]]), at)?.[1]).toBe('SignatureDoesNotMatch');
  expect(verify(signed, keys, at + 16 * 60_000)).not.toBeNull();
};

describe('OSS', () => {
  // https://www.alibabacloud.com/help/en/oss/developer-reference/include-signatures-in-the-authorization-header
  const v1 = { id: '44CF9590006BF252F707', secret: 'OtxrzxIsfpFjA7SwPzILwy8Bw21TLhquhboDYROV' };
  test('version 1 in a header', () => {
    const signed = request('PUT', '/oss-example/nelson', {
      bucket: 'oss-example',
      key: 'nelson',
      headers: {
        'content-md5': 'ODBGOERFMDMzQTczRUY3NUE3NzA5QzdFNUYzMDQxNEM=',
        'content-type': 'text/html',
        date: 'Thu, 17 Nov 2005 18:49:58 GMT',
        'x-oss-meta-author': 'foo@bar.com',
        'x-oss-magic': 'abracadabra',
        authorization: 'OSS 44CF9590006BF252F707:26NBxoKdsyly4EDv6inkoDft/yA=',
      },
    });
    expectOnly(verifyOss, signed, { ...v1, now: '2005-11-17T18:50:00Z' });
  });
  test('version 1 in a URL', () => {
    const query =
      'OSSAccessKeyId=44CF9590006BF252F707&Expires=1141889120&Signature=EwaNTn1erJGkimiJ9WmXgwnANLc%3D';
    const signed = request('GET', `/oss-example/oss-api.pdf?${query}`, {
      bucket: 'oss-example',
      key: 'oss-api.pdf',
    });
    expectOnly(verifyOss, signed, { ...v1, now: '2006-03-09T07:24:00Z' });
  });
  // https://github.com/aliyun/alibabacloud-oss-go-sdk-v2/blob/master/oss/signer/v4_test.go
  test('version 4 in a header', () => {
    const query = 'param1=value1&%2Bparam1=value3&%7Cparam1=value4&%2Bparam2=&%7Cparam2=&param2=';
    const signed = request('PUT', `/bucket/1234%2B-/123/1.txt?${query}`, {
      bucket: 'bucket',
      key: '1234+-/123/1.txt',
      headers: {
        'x-oss-head1': 'value',
        abc: 'value',
        zabc: 'value',
        xyz: 'value',
        'content-type': 'text/plain',
        'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
        'x-oss-date': '20231216T162057Z',
        authorization:
          'OSS4-HMAC-SHA256 Credential=ak/20231216/cn-hangzhou/oss/aliyun_v4_request,' +
          'Signature=e21d18daa82167720f9b1047ae7e7f1ce7cb77a31e8203a7d5f4624fa0284afe',
      },
    });
    expectOnly(verifyOss, signed, { id: 'ak', secret: 'sk', now: '2023-12-16T16:21:00Z' });
  });
});

describe('S3', () => {
  // https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
  const aws = { id: 'AKIAIOSFODNN7EXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
  const host = 'examplebucket.s3.amazonaws.com';
  const credential = 'Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request';
  test('a put', () => {
    const signed = request('PUT', '/test%24file.text', {
      body: Buffer.from('Welcome to Amazon S3.'),
      headers: {
        host,
        date: 'Fri, 24 May 2013 00:00:00 GMT',
        'x-amz-date': '20130524T000000Z',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
        'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
        authorization: `AWS4-HMAC-SHA256 ${credential},SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd`,
      },
    });
    expectOnly(verifyS3, signed, { ...aws, now: '2013-05-24T00:00:00Z' });
    const other = { ...signed, body: Buffer.from('Welcome to Amazon S4.') };
    const keys = new Map([[aws.id, { secret: aws.secret }]]);
    expect(verifyS3(other, keys, Date.parse('2013-05-24'))?.[1]).toBe('XAmzContentSHA256Mismatch');
  });
  // https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
  test('a URL', () => {
    const query = [
      'X-Amz-Algorithm=AWS4-HMAC-SHA256',
      'X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request',
      'X-Amz-Date=20130524T000000Z',
      'X-Amz-Expires=86400',
      'X-Amz-SignedHeaders=host',
      'X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    ];
    const signed = request('GET', `/test.txt?${query.join('&')}`, { headers: { host } });
    const keys = new Map([[aws.id, { secret: aws.secret }]]);
    expect(verifyS3(signed, keys, Date.parse('2013-05-24T12:00:00Z'))).toBeNull();
    expect(verifyS3(signed, keys, Date.parse('2013-05-25T00:00:01Z'))).toEqual([403, 'AccessDenied']);
    expect(verifyS3({ ...signed, method: 'PUT' }, keys, Date.parse('2013-05-24'))?.[1]).toBe(
      'SignatureDoesNotMatch',
    );
  });
});
