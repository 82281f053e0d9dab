/** What we use of @alicloud/fc2 2.6.6, which has no types of its own. */
declare module '@alicloud/fc2' {
  type Response = { readonly data: unknown };
  class FC {
    constructor(
      account: string,
      config: {
        accessKeyID: string;
        accessKeySecret: string;
        securityToken?: string | undefined;
        region: string;
        endpoint?: string | undefined;
        /** https, where `endpoint` does not say */
        secure?: boolean;
        /** milliseconds; 60 000 by default */
        timeout?: number;
      },
    );
    /** of the API: the first part of every path */
    version: string;
    /** kept by the constructor only for keys that begin with `STS` */
    securityToken: string | undefined;
    get(path: string): Promise<Response>;
    post(path: string, body: string, headers: Record<string, string>): Promise<Response>;
    put(path: string): Promise<Response>;
  }
  export = FC;
}
