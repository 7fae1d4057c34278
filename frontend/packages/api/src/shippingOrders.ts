import { graphql } from "./graphql";

export const APPROVE = graphql(`mutation ShippingOrderApprove($input: ShippingOrderIdInput!) { shippingOrderApprove(input: $input) { shippingOrder { id version order { id } } userErrors { code message path } } }`);
export const ASSIGN = graphql(`mutation ShippingOrderAssign($input: ShippingOrderAssignInput!) { shippingOrderAssign(input: $input) { shippingOrder { id version order { id } } userErrors { code message path } } }`);
export const CLAIM = graphql(`mutation ShippingOrderClaim($input: ShippingOrderIdInput!) { shippingOrderClaim(input: $input) { shippingOrder { id version order { id } } userErrors { code message path } } }`);
export const REJECT = graphql(`mutation ShippingOrderReject($input: ShippingOrderRejectInput!) { shippingOrderReject(input: $input) { shippingOrder { id version order { id } } userErrors { code message path } } }`);
export const PICK = graphql(`mutation ShippingOrderPick($input: ShippingOrderPickInput!) { shippingOrderPick(input: $input) { shippingOrder { id version order { id } } userErrors { code message path } } }`);
export const PACK = graphql(`mutation ShippingOrderPack($input: ShippingOrderPackInput!) { shippingOrderPack(input: $input) { shippingOrder { id version order { id } } userErrors { code message path } } }`);
export const SHIP = graphql(`mutation ShippingOrderShip($input: ShippingOrderShipInput!) { shippingOrderShip(input: $input) { shippingOrder { id version order { id } } userErrors { code message path } } }`);
export const READY = graphql(`mutation ShippingOrderReady($input: ShippingOrderIdInput!) { shippingOrderReady(input: $input) { shippingOrder { id version order { id } } userErrors { code message path } } }`);
export const HAND_OVER = graphql(`mutation ShippingOrderHandOver($input: ShippingOrderHandOverInput!) { shippingOrderHandOver(input: $input) { shippingOrder { id version order { id } } userErrors { code message path } } }`);
export const TRACK = graphql(`mutation ShipmentTrack($input: ShipmentTrackInput!) { shipmentTrack(input: $input) { shipment { id shippingOrder { id version order { id } } } userErrors { code message path } } }`);
