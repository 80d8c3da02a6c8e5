// Stands for a shop's own sessions: the cookie says who it is.
export async function sessionOf(request: Request): Promise<{ customerId: string | null }> {
  return { customerId: request.headers.get('cookie') }
}
