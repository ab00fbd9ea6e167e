"""Who may log in: invited users only, in the groups that roles are made of."""

from aws_cdk import Duration
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.acknowledged import acknowledge
from infra.constructs.retention import removal
from infra.stages import Stage
from shared.access.people import Role


class People(Construct):
    def __init__(self, scope: Construct, *, stage: Stage) -> None:
        super().__init__(scope, "People")
        self.pool = _pool(self, stage)
        self.client = self.pool.add_client(
            "Client",
            user_pool_client_name=stage.prefix,
            auth_flows=cognito.AuthFlow(user_password=True, user_srp=True),
            disable_o_auth=True,
            generate_secret=False,
            prevent_user_existence_errors=True,
            access_token_validity=Duration.hours(1),
            id_token_validity=Duration.hours(1),
            refresh_token_validity=Duration.days(30),
        )
        acknowledge(
            self.pool,
            {
                "AwsSolutions::AwsSolutions-COG2": "offered, not forced: who runs the company's people decides",
                "AwsSolutions::AwsSolutions-COG8": "the plus plan is paid by the user and month; nobody signs up here",
            },
        )
        for role in Role:
            self.pool.add_group(role.value.title(), group_name=role.value)


def _pool(scope: Construct, stage: Stage) -> cognito.UserPool:
    return cognito.UserPool(
        scope,
        "Pool",
        user_pool_name=stage.prefix,
        self_sign_up_enabled=False,
        sign_in_aliases=cognito.SignInAliases(email=True),
        sign_in_case_sensitive=False,
        auto_verify=cognito.AutoVerifiedAttrs(email=True),
        account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
        mfa=cognito.Mfa.OPTIONAL,
        mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
        password_policy=cognito.PasswordPolicy(
            min_length=12,
            require_lowercase=True,
            require_uppercase=True,
            require_digits=True,
            require_symbols=True,
            temp_password_validity=Duration.days(7),
        ),
        deletion_protection=stage.keep_data,
        removal_policy=removal(stage),
    )
