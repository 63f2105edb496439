// The token in the forms of staff belongs to their session: after signing in again, in another window, it is refused.

/** A signal that ends a request after so long; older browsers have none, there the network alone decides. */
export function within(milliseconds) {
  return AbortSignal.timeout?.(milliseconds);
}

/** Takes the token of the session that holds now from a page of staff; false unless the same person is signed in. */
export async function renew(address, signal) {
  const answer = await fetch(address, { signal });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (fresh.body.dataset.staff !== document.body.dataset.staff) return false;
  const { value } = fresh.querySelector("input[name=form_token]");
  for (const field of document.querySelectorAll("input[name=form_token]")) field.value = value;
  return true;
}
