// What is Hydrogen's and React Router's, as far as docs/headless.md uses it.
declare module '@shopify/hydrogen' {
  export interface CustomerAccount {
    isLoggedIn(): Promise<boolean>
    query<Result>(query: string): Promise<{ data: Result }>
  }
  export function createContentSecurityPolicy(directives: { connectSrc: string[] }): {
    nonce: string
    header: string
    NonceProvider: import('react').ComponentType<{ children: import('react').ReactNode }>
  }
}

declare module 'react-router' {
  export function Form(props: import('react').ComponentProps<'form'>): import('react').JSX.Element
}

// Node.js's, for the route of other frameworks.
declare const process: { env: Record<string, string | undefined> }
