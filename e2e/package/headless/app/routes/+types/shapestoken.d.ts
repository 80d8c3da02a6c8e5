// What React Router generates for the route, as far as the page uses it.
import type { CustomerAccount } from '@shopify/hydrogen'
import type { Settings } from '../../lib/proof.server'

export namespace Route {
  interface LoaderArgs {
    context: { customerAccount: CustomerAccount; env: Settings }
  }
}
