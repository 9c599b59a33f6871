from keras.engine import Input, Model
from keras.layers import Convolution2D, Dense, Flatten, MaxPooling2D, merge

shape = (1, 46, 56)  # AT&T faces, halved

left, right = Input(shape), Input(shape)

# shared layers
c1 = Convolution2D(6, 7, 7, activation='relu')
p1 = MaxPooling2D((2, 2))
c2 = Convolution2D(12, 5, 5, activation='relu', subsample=(2, 2))
fl = Flatten()
fc = Dense(40, activation='tanh')

def tower(x):
    for layer in (c1, p1, c2, fl, fc):
        x = layer(x)
    return x

a, b = tower(left), tower(right)
difference = merge([a, b], mode=lambda ab: abs(ab[0] - ab[1]), output_shape=lambda s: s[0])
cosine = merge([a, b], mode='cos', dot_axes=1)
product = merge([a, b], mode='dot', dot_axes=1)

verifier = Model([left, right], Dense(1, activation='sigmoid')(difference))
verifier.compile(optimizer='sgd', loss='binary_crossentropy')
ranker = Model(input=[left, right], output=product)
similarity = Model(input=[left, right], output=cosine)
