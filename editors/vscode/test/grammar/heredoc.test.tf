# SYNTAX TEST "source.hcl.terraform" "heredocs and quoted templates"
request_templates = {
  "application/json" = <<-EOT
#                      ^^^ keyword.operator.heredoc.hcl
    #set($x = $input.path('$.a')) ${var.name} $${x}
#   ^^^^ keyword.control.vtl
#         ^ variable.other.vtl
#              ^^^^^ variable.language.vtl
#                    ^^^^ entity.name.function.vtl
#                         ^^^^^ string.quoted.single.vtl
#                                 ^^ keyword.other.interpolation.begin.hcl
#                                   ^^^ - variable.other.vtl
#                                           ^ keyword.other.interpolation.end.hcl
#                                              ^^ string.unquoted.heredoc.hcl
#                                                ^ variable.other.vtl
    #if($context.stage)x#end
#   ^^^ keyword.control.vtl
#        ^^^^^^^ variable.language.vtl
#                       ^^^^ keyword.control.vtl
  EOT
# ^^^ keyword.control.heredoc.hcl
  "text/plain" = "$util.base64Encode($x)${local.y}"
#                  ^^^^ variable.language.vtl
#                       ^^^^^^^^^^^^ entity.name.function.vtl
#                                     ^ variable.other.vtl
#                                       ^^ keyword.other.interpolation.begin.hcl
#                                                 ^ string.quoted.double.hcl
}
