/** Values that stand where a secret will stand: no secret themselves. */

const FORMS =
  /^(?:[$%{<[(]|\*{3}|\.{3})|^(?:x{4,}|0+|1+|-+|_+)$|\$\{|\{\{|<[^>]*>|example|^your[_-]?|[_-]?here$|change[_-]?me|placeholder|redacted|x{8,}|\*{3,}|^(?:null|none|undefined|true|false|nil|string|os\.|process\.|env\.|config\.|self\.|this\.|get[A-Z_(])/i;

export const isPlaceholder = (value: string): boolean => FORMS.test(value) || /(.)\1{7,}/.test(value);
