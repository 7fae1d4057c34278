import { graphql } from "@crossdock/api";

/* Every payload brings the changed record with its version: lists that show it are read again. */

export const ORDER_SUBMIT = graphql(`mutation OrderSubmit($input: OrderIdInput!) { orderSubmit(input: $input) { order { id version } userErrors { code message path } } }`);
export const ORDER_COMPLETE = graphql(`mutation OrderComplete($input: OrderIdInput!) { orderComplete(input: $input) { order { id version } userErrors { code message path } } }`);
export const ORDER_APPROVE = graphql(`mutation OrderApprove($input: OrderIdInput!) { orderApprove(input: $input) { order { id version } userErrors { code message path } } }`);
export const ORDER_ALLOCATE = graphql(`mutation OrderAllocate($input: OrderIdInput!) { orderAllocate(input: $input) { order { id version } userErrors { code message path } } }`);
export const ORDER_ALLOCATE_TO = graphql(`mutation OrderAllocateTo($input: OrderAllocateToInput!) { orderAllocateTo(input: $input) { order { id version } userErrors { code message path } } }`);
export const ORDER_CONTINUE = graphql(`mutation OrderContinue($input: OrderIdInput!) { orderContinue(input: $input) { order { id version } userErrors { code message path } } }`);
export const ORDER_FILE = graphql(`mutation OrderFile($input: OrderIdInput!) { orderFile(input: $input) { order { id version } userErrors { code message path } } }`);
export const ORDER_SUSPEND = graphql(`mutation OrderSuspend($input: OrderSuspendInput!) { orderSuspend(input: $input) { order { id version } userErrors { code message path } } }`);
export const ORDER_RESUME = graphql(`mutation OrderResume($input: OrderResumeInput!) { orderResume(input: $input) { order { id version } userErrors { code message path } } }`);
export const ORDER_EDIT = graphql(`mutation OrderEdit($input: OrderEditInput!) { orderEdit(input: $input) { order { id version } userErrors { code message path } } }`);
export const ORDER_CANCEL = graphql(`mutation OrderCancel($input: OrderCancelInput!) { orderCancel(input: $input) { order { id version } userErrors { code message path } } }`);
export const ORDER_CLAIM = graphql(`mutation OrderClaim($input: OrderClaimInput!) { orderClaim(input: $input) { order { id version } userErrors { code message path } } }`);
export const ORDER_RELEASE = graphql(`mutation OrderRelease($input: OrderIdInput!) { orderRelease(input: $input) { order { id version } userErrors { code message path } } }`);
export const ORDER_NOTE_ADD = graphql(`mutation OrderNoteAdd($input: OrderNoteInput!) { orderNoteAdd(input: $input) { order { id version } userErrors { code message path } } }`);
export const ORDER_TAGS_UPDATE = graphql(`mutation OrderTagsUpdate($input: OrderTagsInput!) { orderTagsUpdate(input: $input) { order { id version } userErrors { code message path } } }`);
export const ORDER_APPEASE = graphql(`mutation OrderAppease($input: AppeasementInput!) { orderAppease(input: $input) { order { id version } userErrors { code message path } } }`);

export const PAYMENT_ADD = graphql(`mutation PaymentAdd($input: PaymentAddInput!) { paymentAdd(input: $input) { payment { id } order { id version } userErrors { code message path } } }`);
export const PAYMENT_AUTHORIZE = graphql(`mutation PaymentAuthorize($input: PaymentAmountInput!) { paymentAuthorize(input: $input) { payment { id } order { id version } userErrors { code message path } } }`);
export const PAYMENT_CAPTURE = graphql(`mutation PaymentCapture($input: PaymentAmountInput!) { paymentCapture(input: $input) { payment { id } order { id version } userErrors { code message path } } }`);
export const PAYMENT_VOID = graphql(`mutation PaymentVoid($input: PaymentAmountInput!) { paymentVoid(input: $input) { payment { id } order { id version } userErrors { code message path } } }`);
export const PAYMENT_REFUND = graphql(`mutation PaymentRefund($input: PaymentAmountInput!) { paymentRefund(input: $input) { payment { id } order { id version } userErrors { code message path } } }`);
