/** Whose pictures these are, where no cookie says so: in a frame on another site; nothing elsewhere. */
export function asVisitor() {
  const { visitor } = document.documentElement.dataset;
  return visitor ? { user: visitor } : {};
}
