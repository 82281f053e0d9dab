/** One row of the corpus before it is tokens: an exchange, or a text that is nobody's answer. */
export type Sample =
  | { readonly system?: string; readonly user: string; readonly answer: string }
  | { readonly text: string };
